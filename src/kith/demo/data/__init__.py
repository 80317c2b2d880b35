"""What the demo is made of, one module for each country or language."""
