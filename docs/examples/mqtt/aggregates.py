"""The report's three questions to Spark SQL, in its own words, and whether psql answers the same."""

ANSWERS = ('average MQTT length of the train set', 'average TCP length of each target', 'most frequent TCP flags')


def of_spark(frame, most):
    """Name of each question to its rows, asked of a DataFrame with the report's columns."""
    frame.createOrReplaceTempView('packets')
    ask = frame.sparkSession.sql
    return dict(zip(ANSWERS, [
        [(row.length,) for row in ask('SELECT avg(mqtt_len) AS length FROM packets WHERE Train_or_Test = 0').collect()],
        [(row.target, row.length) for row in ask(
            'SELECT target, avg(tcp_len) AS length FROM packets WHERE Train_or_Test = 0 GROUP BY target ORDER BY target'
        ).collect()],
        [(row.tcp_flags, row.packets) for row in ask(
            f'''SELECT tcp_flags, count(*) AS packets FROM packets WHERE Train_or_Test = 0
                GROUP BY tcp_flags ORDER BY packets DESC, tcp_flags LIMIT {int(most)}''').collect()]]))


def of_psql(output):
    """Heading to rows of what psql -At prints for questions.sql: texts stay, numbers are numbers."""
    answers, rows = {}, None
    for line in output.splitlines():
        if line.startswith('= '):
            rows = answers.setdefault(line[2:], [])
        elif rows is not None and line:
            rows.append(tuple(_value(cell) for cell in line.split('|')))
    return answers


def differences(spark, psql):
    """In words, what is not equal; psql's Jinja answers count too."""
    found = []
    for name in ANSWERS:
        for variant in (name, f'{name}, Jinja'):
            if psql.get(variant) != spark[name]:
                found.append(f'{variant}: psql {psql.get(variant)}, Spark SQL {spark[name]}')
    return found


def _value(cell):
    try:
        return float(cell) if '.' in cell else int(cell)
    except ValueError:
        return cell
