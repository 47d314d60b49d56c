"""CDS Hooks 2.0: what the services are and which data they want; cards for the patient whose record is opened."""
