"""Opens a Hugging Face directory with transformers and prints what it computes, as JSON.

usage: open_checkpoint.py DIRECTORY, with {"texts": [text, ...]} on standard input

prints {"model": class, "transformers": version, "texts": [{"ids", "decoded", "logits"}, ...], "greedy": [ids of the
first text's continuation]}; logits are [tokens, vocabulary], float32. Nothing is fetched from anywhere.
"""

import json
import os
import sys

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TRANSFORMERS_OFFLINE"] = "1"

import torch  # noqa: E402
import transformers  # noqa: E402
from transformers import AutoModelForCausalLM, AutoTokenizer  # noqa: E402

GREEDY_TOKENS = 8


def main() -> None:
    directory = sys.argv[1]
    torch.set_num_threads(1)
    tokenizer = AutoTokenizer.from_pretrained(directory, local_files_only=True)
    model = AutoModelForCausalLM.from_pretrained(directory, local_files_only=True, dtype=torch.float32)
    model.eval()
    rows = []
    with torch.no_grad():
        for text in json.load(sys.stdin)["texts"]:
            ids = tokenizer(text).input_ids
            logits = model(torch.tensor([ids])).logits[0]
            rows.append({"ids": ids, "decoded": tokenizer.decode(ids), "logits": logits.tolist()})
        prompt = torch.tensor([rows[0]["ids"]])
        greedy = model.generate(
            prompt,
            attention_mask=torch.ones_like(prompt),
            do_sample=False,
            max_new_tokens=GREEDY_TOKENS,
            min_new_tokens=GREEDY_TOKENS,
        )
    json.dump(
        {
            "model": type(model).__name__,
            "transformers": transformers.__version__,
            "texts": rows,
            "greedy": greedy[0, prompt.shape[1] :].tolist(),
        },
        sys.stdout,
    )


main()
