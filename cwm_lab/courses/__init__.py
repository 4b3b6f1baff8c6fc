"""The courses room: questions to learners, how answers are judged, where attempts are kept."""
