"""What every simulated cloud shares: listening, clock, faults, request record, control route."""
