"""What is studied: scenarios, the monolith, comparisons, figures, the command line, the Mesa model."""
