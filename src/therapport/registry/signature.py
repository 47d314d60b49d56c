"""What a predictor takes and gives, in MLflow's terms; written by hand, because inferred signatures are wrong."""

from mlflow.models import ModelSignature
from mlflow.types import ColSpec, DataType, Schema
from mlflow.types.schema import AnyType

from therapport.predictor import Predictor, answer_columns
from therapport.predictor.answer import TEXT


def signature(predictor: Predictor) -> ModelSignature:
    """Numbers as double, text as string; only what the predictor cannot do without is required."""
    codebook = predictor.codebook
    inputs = [ColSpec(DataType.string, codebook.id)]
    for name in predictor.factors:
        kind = codebook.factors[name].kind
        # Booleans come as true/false, 0/1 or words; the codebook's own check tells them apart.
        of_kind = {"category": DataType.string, "boolean": AnyType()}.get(kind, DataType.double)
        inputs.append(ColSpec(of_kind, name, required=name in predictor.required))
    text = {codebook.id, *TEXT}
    outputs = [
        ColSpec(DataType.string if column in text else DataType.double, column, required=column in text)
        for column in answer_columns(predictor)
    ]
    return ModelSignature(inputs=Schema(inputs), outputs=Schema(outputs))
