"""The service's surface beside `POST /v1/messages`: what each path takes, checks and answers. Values in, values out."""
