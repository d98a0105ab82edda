"""`python -m rulewright`."""

from rulewright.command.app import run

if __name__ == "__main__":
    run()
