"""The only room that speaks to AWS, one file per service; what comes back are domain types and domain errors."""
