"""Predicting as a learner: questions about a recorded trace, and the judging of typed answers.

Pure: knows traces and attempts, no notebook and no widget.
"""

from cwm_lab.courses.quiz.judging import Mark, judge_output, judge_value
from cwm_lab.courses.quiz.question import Place, Question, program_hash
from cwm_lab.courses.quiz.quiz import QUIZ_SCHEMA, Judgement, Quiz, Result, Reveal
from cwm_lab.courses.quiz.sheet import PRINTED, RAISED, RETURNED, Prompt
from cwm_lab.courses.quiz.table import TableJudgement, TableQuiz

__all__ = [
    "PRINTED",
    "QUIZ_SCHEMA",
    "RAISED",
    "RETURNED",
    "Judgement",
    "Mark",
    "Place",
    "Prompt",
    "Question",
    "Quiz",
    "Result",
    "Reveal",
    "TableJudgement",
    "TableQuiz",
    "judge_output",
    "judge_value",
    "program_hash",
]
