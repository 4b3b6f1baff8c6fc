# <|frame_sep|> <|end_of_text|> <|begin_of_text|> <|trace_context_start|> <\|pad|>
text = "<|call_sep|><|line_sep|><|return_sep|><|exception_sep|>"
other = '<|action_sep|>' + "<|arg_sep|>" + """<|eot_id|>
<|start_header_id|>system<|end_header_id|> << START_OF_TRACE"""
