"""What the official SDKs do by themselves: when they try again, how long they wait, what they raise."""
