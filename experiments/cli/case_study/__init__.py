"""What commands of the case study share."""
