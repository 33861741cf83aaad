"""Portal sessions that the AWS CLI and we have in common."""
