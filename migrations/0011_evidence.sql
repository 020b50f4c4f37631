CREATE TABLE `claim_locks` (
	`experiment_id` text NOT NULL,
	`lock_sha256` text NOT NULL,
	`declared_sha256` text NOT NULL,
	`lock` text NOT NULL,
	`deviations` text DEFAULT '[]' NOT NULL,
	`reason` text,
	`recorded_at` text NOT NULL,
	PRIMARY KEY(`experiment_id`, `lock_sha256`, `declared_sha256`),
	FOREIGN KEY (`experiment_id`) REFERENCES `experiments`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `chosen_temperatures` (
	`run_id` text NOT NULL,
	`step` integer NOT NULL,
	`temperature` real NOT NULL,
	PRIMARY KEY(`run_id`, `step`),
	FOREIGN KEY (`run_id`) REFERENCES `runs`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `temperature_grid` (
	`run_id` text NOT NULL,
	`step` integer NOT NULL,
	`temperature` real NOT NULL,
	`problem_index` integer NOT NULL,
	`problem_id` integer NOT NULL,
	`n` integer NOT NULL,
	`c` integer NOT NULL,
	`formats` text NOT NULL,
	PRIMARY KEY(`run_id`, `step`, `temperature`, `problem_index`),
	FOREIGN KEY (`run_id`) REFERENCES `runs`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`problem_id`) REFERENCES `problems`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
ALTER TABLE `experiments` ADD `checks` text DEFAULT '{}' NOT NULL;