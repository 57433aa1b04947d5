"""Measure the answers, and fit what they lean on: ``python -m benchmarks.answers COMMAND``.

| module | idea |
|---|---|
| ``material`` | the questions, the coverage and the scorers, which lie outside this repository |
| ``cases`` | questions with their candidates and grades; folds by article |
| ``fitting`` | the ranking's weights and the threshold of silence, fitted on cases |
| ``scoring`` | predictions and the scorers' figures |
| ``tradeoff`` | refusing right against refusing wrong, over all thresholds |
| ``ablation`` | what each part of the ranking adds and costs |
| ``drowning`` | the same questions over ten times the coverage |
| ``latency`` | how long a whole answer takes, and where the time goes |
"""
