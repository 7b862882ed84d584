"""What a person looks at and nothing is claimed of: noisy samples, examples, attacks, slices."""
