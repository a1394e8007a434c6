"""The refusals an action may give. Each message is a sentence for the person who asked."""


class Refusal(Exception):
    """An action was not carried out; `messages` lists every reason, in whole sentences."""

    def __init__(self, *messages):
        self.messages = [str(message) for message in messages]
        super().__init__(" ".join(self.messages))


class NotPublishable(Refusal):
    """The gate refused: something that publishing needs is missing."""


class Inconsistent(Refusal):
    """The record would contradict itself (overlapping custody, a charge that replaces itself …)."""


class ReasonMissing(Refusal):
    """A staff act that needs a reason came without one."""


class Unreadable(Refusal):
    """Data from outside could not be read; one message for each bad cell."""


class Conflict(Refusal):
    """An import would overwrite rows that were edited here; one message for each row."""
