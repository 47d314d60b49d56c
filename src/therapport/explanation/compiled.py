"""What numba needs to know, in one place: how kernels are compiled, and the one vector instruction that they share."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic

LANES = 8
"""Tables have rows of so many singles: one vector register of most machines, and two families more than six."""

Function = TypeVar("Function", bound=Callable[..., object])


def kernel(function: Function) -> Function:
    """Compile without the interpreter's lock, and keep the machine code beside the source (or in the user's cache).

    Float flags stay strict: a missing value must stay missing. Where no folder can be written, each process compiles.
    """
    settings: dict[str, Any] = {"nogil": True, "error_model": "numpy", "boundscheck": False}
    try:
        return cast(Function, numba.njit(**settings, cache=True)(function))
    except RuntimeError:  # no place for a cache
        return cast(Function, numba.njit(**settings)(function))


@intrinsic  # type: ignore[untyped-decorator]
def add_rows(_: Any, total: Any, at: Any, table: Any, rows: Any) -> Any:
    """total[at : at + LANES] += the sum of table[row : row + LANES] over a tuple of rows; flat arrays of singles.

    Written as vector instructions, because numba does not vectorise a loop of eight steps: five times as fast.
    """
    signature = types.void(total, at, table, rows)
    row = ir.VectorType(ir.FloatType(), LANES)

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        def place(array: int, offset: Any) -> Any:
            data = context.make_array(signature.args[array])(context, builder, values[array]).data
            return builder.bitcast(builder.gep(data, [offset]), row.as_pointer())

        def load(pointer: Any) -> Any:
            vector = builder.load(pointer)
            vector.align = 4
            return vector

        parts = [load(place(2, builder.extract_value(values[3], number))) for number in range(len(signature.args[3]))]
        while len(parts) > 1:
            pairs = [parts[number : number + 2] for number in range(0, len(parts), 2)]
            parts = [builder.fadd(*pair) if len(pair) == 2 else pair[0] for pair in pairs]  # noqa: PLR2004 - a pair
        target = place(0, values[1])
        builder.store(builder.fadd(load(target), parts[0]), target).align = 4
        return context.get_dummy_value()

    return signature, generate
