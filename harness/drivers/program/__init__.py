"""A program of the user's as a contestant: called as the scenario says, its requests followed wherever they go."""
