"""What the tests of several folders share: processes, stacks, and clouds as tests know them."""
