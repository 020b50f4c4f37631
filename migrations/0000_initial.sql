CREATE TABLE `artifacts` (
	`path` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`sha256` text NOT NULL,
	`bytes` integer NOT NULL,
	`is_retained` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `artifacts_sha256` ON `artifacts` (`sha256`);--> statement-breakpoint
CREATE TABLE `attempts` (
	`run_id` text NOT NULL,
	`stage` text NOT NULL,
	`step` integer NOT NULL,
	`attempt` integer NOT NULL,
	`worker` text NOT NULL,
	`started_at` text NOT NULL,
	`finished_at` text,
	PRIMARY KEY(`run_id`, `stage`, `step`, `attempt`),
	FOREIGN KEY (`run_id`) REFERENCES `runs`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `base_models` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`plan` text NOT NULL,
	`weights_path` text NOT NULL,
	`leak` text NOT NULL,
	`tokens` integer NOT NULL,
	`losses` text NOT NULL,
	`created_at` text NOT NULL,
	FOREIGN KEY (`weights_path`) REFERENCES `artifacts`(`path`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `checkpoints` (
	`run_id` text NOT NULL,
	`step` integer NOT NULL,
	`weights_path` text NOT NULL,
	`training_state_path` text,
	PRIMARY KEY(`run_id`, `step`),
	FOREIGN KEY (`run_id`) REFERENCES `runs`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`weights_path`) REFERENCES `artifacts`(`path`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`training_state_path`) REFERENCES `artifacts`(`path`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `conditions` (
	`experiment_id` text NOT NULL,
	`id` text NOT NULL,
	`name` text NOT NULL,
	`position` integer NOT NULL,
	`is_control` integer NOT NULL,
	`base_model_id` text NOT NULL,
	`settings` text NOT NULL,
	PRIMARY KEY(`experiment_id`, `id`),
	FOREIGN KEY (`experiment_id`) REFERENCES `experiments`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `conditions_name` ON `conditions` (`experiment_id`,`name`);--> statement-breakpoint
CREATE TABLE `evaluations` (
	`run_id` text NOT NULL,
	`step` integer NOT NULL,
	`split` text NOT NULL,
	`problem_index` integer NOT NULL,
	`problem_id` integer NOT NULL,
	`n` integer NOT NULL,
	`c` integer NOT NULL,
	`malformed` integer NOT NULL,
	`unverifiable` integer NOT NULL,
	`tokens` integer NOT NULL,
	`answers` text NOT NULL,
	`formats` text NOT NULL,
	PRIMARY KEY(`run_id`, `step`, `split`, `problem_index`),
	FOREIGN KEY (`run_id`) REFERENCES `runs`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`problem_id`) REFERENCES `problems`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `experiments` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`question` text NOT NULL,
	`baseline` text NOT NULL,
	`created_at` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `judgements` (
	`rollout_id` integer NOT NULL,
	`criterion` text NOT NULL,
	`outcome` text NOT NULL,
	`weight` real NOT NULL,
	PRIMARY KEY(`rollout_id`, `criterion`),
	FOREIGN KEY (`rollout_id`) REFERENCES `rollouts`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `metrics` (
	`run_id` text NOT NULL,
	`step` integer NOT NULL,
	`name` text NOT NULL,
	`value` real NOT NULL,
	PRIMARY KEY(`run_id`, `step`, `name`),
	FOREIGN KEY (`run_id`) REFERENCES `runs`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `problems` (
	`id` integer PRIMARY KEY NOT NULL,
	`task` text NOT NULL,
	`split` text NOT NULL,
	`key` text NOT NULL,
	`prompt` text NOT NULL,
	`answer` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `problems_key` ON `problems` (`task`,`split`,`key`);--> statement-breakpoint
CREATE TABLE `reward_components` (
	`rollout_id` integer NOT NULL,
	`name` text NOT NULL,
	`weight` real NOT NULL,
	`value` real,
	PRIMARY KEY(`rollout_id`, `name`),
	FOREIGN KEY (`rollout_id`) REFERENCES `rollouts`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `rollouts` (
	`id` integer PRIMARY KEY NOT NULL,
	`run_id` text NOT NULL,
	`phase` text NOT NULL,
	`step` integer NOT NULL,
	`problem_index` integer NOT NULL,
	`sample_index` integer NOT NULL,
	`problem_id` integer NOT NULL,
	`text` text NOT NULL,
	`format` text NOT NULL,
	`token_count` integer NOT NULL,
	`is_truncated` integer NOT NULL,
	`tokens` blob NOT NULL,
	`logprobs` blob NOT NULL,
	`entropies` blob NOT NULL,
	`credit` blob,
	`reward` real,
	`advantage` real,
	`is_kept` integer,
	FOREIGN KEY (`run_id`) REFERENCES `runs`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`problem_id`) REFERENCES `problems`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `rollouts_point` ON `rollouts` (`run_id`,`phase`,`step`,`problem_index`,`sample_index`);--> statement-breakpoint
CREATE TABLE `runs` (
	`id` text PRIMARY KEY NOT NULL,
	`experiment_id` text NOT NULL,
	`condition_id` text NOT NULL,
	`seed` integer NOT NULL,
	`status` text NOT NULL,
	`total_steps` integer NOT NULL,
	`failure_type` text,
	`failure_message` text,
	`provenance` text,
	`started_at` text,
	`finished_at` text,
	FOREIGN KEY (`experiment_id`) REFERENCES `experiments`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`experiment_id`,`condition_id`) REFERENCES `conditions`(`experiment_id`,`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `runs_point` ON `runs` (`experiment_id`,`condition_id`,`seed`);--> statement-breakpoint
CREATE TABLE `steps` (
	`run_id` text NOT NULL,
	`step` integer NOT NULL,
	`rollouts` integer NOT NULL,
	`tokens` integer NOT NULL,
	`recorded_at` text NOT NULL,
	PRIMARY KEY(`run_id`, `step`),
	FOREIGN KEY (`run_id`) REFERENCES `runs`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `verdicts` (
	`rollout_id` integer PRIMARY KEY NOT NULL,
	`outcome` text NOT NULL,
	`extracted_answer` text,
	`reason` text,
	FOREIGN KEY (`rollout_id`) REFERENCES `rollouts`(`id`) ON UPDATE no action ON DELETE cascade
);
