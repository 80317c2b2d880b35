"""Steering: targets, forecasts, where deals went between two days, funnel and cycle; every number opens its rows."""
