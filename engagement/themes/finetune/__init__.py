"""The picture classifier trained end to end: pictures as shards, one loop for one CPU or many GPUs, one ONNX file out.

    manage.py write_theme_shards MANIFEST OUT            pointers -> shards
    python -m engagement.themes.finetune --shards …      shards -> weights -> network.onnx and its sheet
    python -m engagement.themes.finetune.rates …         how fast, and what that costs for more

`shards` and `writing` are the files, `stream` and `augment` what training sees of them, `loop` the training.
"""
