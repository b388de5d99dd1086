"""What a widely followed guide says, as claims: each is played, and the verdict follows from what was measured."""
