"""What only people can say of a model: the [card] table of a study, kept with the predictor for its card."""

from pydantic import Field

from therapport.tomlfile import Strict


class CardTable(Strict):
    """[card]: free text for the model card and the TRIPOD+AI checklist; whatever is left out is marked there.

    It is published with the model: roles rather than names, and nothing about a patient.
    """

    owner: str = Field(default="", description="which organisation answers for the model")
    contact: str = Field(default="", description="whom to write to: a role or a shared address, not a person")
    licence: str = Field(default="", description="under which terms the model may be used")
    abstract: str = Field(default="", description="a structured abstract (TRIPOD+AI for Abstracts)")
    context: str = Field(default="", description="why this model is wanted, and which models there are already")
    intended_use: str = Field(default="", description="for what, in whom and at which point of care it may be used")
    users: str = Field(default="", description="who may use it, and what they must know")
    out_of_scope: str = Field(default="", description="what it must not be used for")
    inequalities: str = Field(default="", description="known inequalities between groups in this care or this outcome")
    data_source: str = Field(default="", description="how the data came about, and whom they represent")
    dates: str = Field(default="", description="first and last start of treatment, and the end of follow-up")
    setting: str = Field(default="", description="the kind of care, the number and place of services")
    eligibility: str = Field(default="", description="who was included and who was excluded")
    treatments: str = Field(default="", description="which treatments were given, and how they were dealt with")
    preparation: str = Field(default="", description="what was done to the data before the cohort file was made")
    outcome_choice: str = Field(default="", description="why this outcome, and how and when it is assessed")
    assessors: str = Field(default="", description="who rates what cannot simply be counted, and how they were trained")
    blinding: str = Field(default="", description="what those who rate the outcome know of the factors, and vice versa")
    factor_choice: str = Field(default="", description="how the factors were chosen before the study")
    sample_size: str = Field(default="", description="how the number of patients came about")
    fairness: str = Field(default="", description="what was done for fairness between groups, and why")
    thresholds: str = Field(default="", description="at which probability something is done, and why there")
    ethics: str = Field(default="", description="which committee approved the study, and how patients consented")
    funding: str = Field(default="", description="who paid, and what part they had in it")
    conflicts: str = Field(default="", description="conflicts of interest")
    protocol: str = Field(default="", description="where the protocol is, or that there is none")
    registration: str = Field(default="", description="where the study is registered, or that it is not")
    data_sharing: str = Field(default="", description="who can have the data, and how")
    code_sharing: str = Field(default="", description="where the study's own files and code can be had")
    involvement: str = Field(default="", description="what part patients and the public had, or that they had none")
    interpretation: str = Field(default="", description="what the results mean beside earlier studies")
    limitations: str = Field(default="", description="limits of the study, and what they do to its results")
    data_quality: str = Field(default="", description="how poor or missing input is noticed and dealt with in use")
    interaction: str = Field(default="", description="what users do with the model, and what they must be able to do")
    next_steps: str = Field(default="", description="what comes next before it is used, and where")
