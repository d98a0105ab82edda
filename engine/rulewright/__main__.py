"""`python -m rulewright`."""

from rulewright.command.main import run

if __name__ == "__main__":
    run()
