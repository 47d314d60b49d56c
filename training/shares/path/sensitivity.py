"""How strong something unmeasured would have to be for a mediated part to vanish.

Two answers. The residual correlation of mediator and outcome at which nothing passes through the mediator any more
(Imai, Keele and Yamamoto 2010, section 5.2): in linear models their partial correlation itself, `effects.Effects.rho`.
And the mediational E-value (Smith and VanderWeele 2019; for differences in standard deviations by way of
RR = exp(.91 d), VanderWeele and Ding 2017): the risk ratio that a common cause of mediator and outcome would need with
both, beyond everything that is held constant.
"""

import math

PER_SD = 0.91


def e_value(difference: float) -> float:
    """Of a difference in standard deviations of the outcome; 1 for none."""
    ratio = math.exp(PER_SD * abs(difference))
    return ratio + math.sqrt(ratio * (ratio - 1))


def e_value_of_limit(low: float | None, high: float | None) -> float | None:
    """Of the end of an interval that is nearer to zero; 1 where the interval holds zero."""
    if low is None or high is None:
        return None
    return 1.0 if low <= 0 <= high else e_value(min(abs(low), abs(high)))
