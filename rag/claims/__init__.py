"""What of a claim is compared with the texts it cites, one module per thing compared."""
