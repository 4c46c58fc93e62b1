"""What tests measured, printed after them: figures to read, which no test depends on."""


class Figures:
    def __init__(self):
        self._name_to_worst = {}

    def note(self, name, value, unit):
        """Keeps the largest value of the name."""
        worst, _ = self._name_to_worst.get(name, (value, unit))
        self._name_to_worst[name] = max(worst, value), unit

    def lines(self):
        return [f'worst {name}: {value:.0f} {unit}' for name, (value, unit) in sorted(self._name_to_worst.items())]


FIGURES = Figures()
