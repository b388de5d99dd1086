"""The simulator held to theory: what queues, losses, retries and hedges come to where mathematics knows it."""
