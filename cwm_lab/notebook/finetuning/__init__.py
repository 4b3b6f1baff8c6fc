"""`%cwm finetune`: fine-tuning from a notebook, by a form or in one line; `form` is the widget."""
