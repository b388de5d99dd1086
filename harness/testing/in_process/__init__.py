"""The service without a network: each request is answered where it is made, on a clock that jumps by what it takes."""
