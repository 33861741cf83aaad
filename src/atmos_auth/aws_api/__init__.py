"""The only room that speaks to AWS, one file per service; answers come back as domain types, failures as domain errors."""
