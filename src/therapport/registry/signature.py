"""What a predictor takes and gives, in MLflow's terms; written by hand, because inferred signatures are wrong."""

from mlflow.models import ModelSignature
from mlflow.types import ColSpec, DataType, Schema
from mlflow.types.schema import AnyType

from therapport.predictor import Predictor, answer_columns
from therapport.predictor.answer import TEXT


def signature(predictor: Predictor) -> ModelSignature:
    """Text and doubles out; in, the names of the columns, of which only those needed for an answer are required.

    Types are left to the codebook's own check: MLflow's refuses whole numbers where it was told of doubles, which is
    how files of questionnaires are read, and its refusal quotes the patients' rows.
    """
    codebook = predictor.codebook
    inputs = [ColSpec(AnyType(), codebook.id)]
    inputs += [ColSpec(AnyType(), name, required=name in predictor.required) for name in predictor.factors]
    text = {codebook.id, *TEXT}
    outputs = [
        ColSpec(DataType.string if column in text else DataType.double, column, required=column in text)
        for column in answer_columns(predictor)
    ]
    return ModelSignature(inputs=Schema(inputs), outputs=Schema(outputs))
