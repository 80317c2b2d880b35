"""The REST door: `/api/v1/`, derived from the registry; a thin adapter over entity.rows and writes."""
