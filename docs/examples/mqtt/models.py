"""The report's models on the reduced table: features, cross-validation, training, saving and loading, accuracy."""

import shutil
import time
from dataclasses import dataclass

from pyspark import StorageLevel
from pyspark.ml import Pipeline
from pyspark.ml.classification import (LogisticRegression, LogisticRegressionModel, MultilayerPerceptronClassificationModel,
                                       MultilayerPerceptronClassifier, RandomForestClassificationModel,
                                       RandomForestClassifier)
from pyspark.ml.evaluation import MulticlassClassificationEvaluator
from pyspark.ml.feature import OneHotEncoder, StandardScaler, StringIndexer, VectorAssembler
from pyspark.ml.tuning import CrossValidator, ParamGridBuilder

from jdbc import FEATURES

CODES = ('tcp_flags', 'mqtt_conack_flags', 'mqtt_conflags', 'mqtt_hdrflags')
NUMBERS = tuple(name for name in FEATURES if name not in CODES)
SEED = 1
FOLDS = 3
# Rows that cross-validation chooses by: enough to tell settings apart, few enough for twelve fits a model.
VALIDATION_ROWS = 60_000
ABOUT_AS_GOOD = .005


@dataclass
class Result:
    name: str
    settings: str
    accuracy: float
    loaded_accuracy: float
    seed_accuracy: float
    seconds: float


def features(train, *others):
    """Each of the frames as columns features and encoded_target, by encoders that saw the first one only."""
    indexes = [f'{name}_index' for name in CODES]
    encoded = [f'{name}_encoded' for name in CODES]
    # A code that the train set has not becomes a vector of zeros, not an error.
    pipeline = Pipeline(stages=[
        StringIndexer(inputCols=list(CODES), outputCols=indexes, handleInvalid='keep'),
        OneHotEncoder(inputCols=indexes, outputCols=encoded),
        VectorAssembler(inputCols=[*NUMBERS, *encoded], outputCol='assembled'),
        StandardScaler(inputCol='assembled', outputCol='features', withMean=False),
        StringIndexer(inputCol='target', outputCol='encoded_target')]).fit(train)
    return [pipeline.transform(frame).select('features', 'encoded_target').persist(StorageLevel.MEMORY_AND_DISK)
            for frame in (train, *others)]


def evaluate(train, test, folder, report=lambda result: None):
    """Trains the four models, saves them in the folder, loads them again. Returns the results; report gets each at once."""
    rows, width = train.count(), len(train.first().features)
    classes = train.select('encoded_target').distinct().count()
    sample = train.sample(min(1.0, VALIDATION_ROWS / rows), seed=SEED).persist()
    judge = MulticlassClassificationEvaluator(labelCol='encoded_target', metricName='accuracy')
    results = []
    for name, seed_accuracy, make, model_class in _models(sample, judge, width, classes):
        started = time.monotonic()
        estimator, settings = make()
        model = estimator.fit(train)
        accuracy = judge.evaluate(model.transform(test))
        place = folder / name.replace(' ', '-')
        shutil.rmtree(place, ignore_errors=True)
        model.write().save(str(place))
        loaded = judge.evaluate(model_class.load(str(place)).transform(test))
        results.append(Result(name, settings, accuracy, loaded, seed_accuracy, time.monotonic() - started))
        report(results[-1])
    return results


def _models(sample, judge, width, classes):
    """Name, the accuracy in the report, what makes the estimator and its settings in words, class of the model."""
    columns = {'featuresCol': 'features', 'labelCol': 'encoded_target'}

    def logistic():
        estimator = LogisticRegression(**columns)
        grid = ParamGridBuilder().addGrid(estimator.regParam, [.01, .1]).addGrid(estimator.maxIter, [10, 30]).build()
        best = _best(estimator, grid, judge, sample)
        return estimator.copy(best), _words(best)

    def forest():
        estimator = RandomForestClassifier(**columns, seed=SEED)
        grid = ParamGridBuilder().addGrid(estimator.maxBins, [32, 64]).addGrid(estimator.numTrees, [10, 20]).build()
        best = _best(estimator, grid, judge, sample)
        return estimator.copy(best), _words(best)

    def network(*hidden):
        layers = [width, *hidden, classes]
        parameters = sum((before + 1) * after for before, after in zip(layers, layers[1:]))
        estimator = MultilayerPerceptronClassifier(**columns, layers=layers, maxIter=100, seed=SEED)
        return estimator, f'{"-".join(map(str, layers))}, {parameters:,} parameters'

    # The second network of the report begins with a layer as wide as its input.
    return [('logistic regression', .7475, logistic, LogisticRegressionModel),
            ('random forest', .7476, forest, RandomForestClassificationModel),
            ('network 30-30-6', .7738, lambda: network(30, 30), MultilayerPerceptronClassificationModel),
            ('network 60-60-6', .7552, lambda: network(width, 60, 60), MultilayerPerceptronClassificationModel)]


def _best(estimator, grid, judge, sample):
    """The settings of the grid that cross-validation finds most accurate. Of those that are about as good it takes the last:
    the report's."""
    validator = CrossValidator(estimator=estimator, estimatorParamMaps=grid, evaluator=judge, numFolds=FOLDS, seed=SEED)
    metrics = validator.fit(sample).avgMetrics
    return grid[max(index for index, metric in enumerate(metrics) if metric >= max(metrics) - ABOUT_AS_GOOD)]


def _words(settings):
    return ', '.join(f'{parameter.name} {value}' for parameter, value in settings.items())
