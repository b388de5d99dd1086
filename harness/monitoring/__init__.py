"""What a service's calls amount to while they are made: the same figures in production and in the simulator."""
