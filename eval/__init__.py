"""Gold cases → transcripts → judgements → report.

Import from the submodules (`from eval.runs import evaluate`): `import eval` would hide the builtin.
"""
