"""Experiments: found by name, or made with their artifacts beside the database."""

from mlflow import MlflowClient

from therapport.tracking import database


def experiment(client: MlflowClient, name: str, note: str) -> str:
    """The id of the experiment of this name; if there is none yet, one with this description is made."""
    found = client.get_experiment_by_name(name)
    if found is not None:
        return str(found.experiment_id)
    folder = name.replace(": ", "-").replace(" ", "-")
    return str(
        client.create_experiment(
            name,
            artifact_location=database.artifact_location(folder),
            tags={
                "mlflow.note.content": note,
                # Without it the UI takes the experiment for one of language models.
                "mlflow.experimentKind": "custom_model_development",
            },
        )
    )
