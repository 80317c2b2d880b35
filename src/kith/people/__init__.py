"""The company's own people: org units and employees."""
