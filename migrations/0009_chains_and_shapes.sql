CREATE TABLE `dataset_rows` (
	`run_id` text NOT NULL,
	`row` integer NOT NULL,
	`value` text NOT NULL,
	PRIMARY KEY(`run_id`, `row`),
	FOREIGN KEY (`run_id`) REFERENCES `datasets`(`run_id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `datasets` (
	`run_id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`rows` integer NOT NULL,
	`sha256` text NOT NULL,
	FOREIGN KEY (`run_id`) REFERENCES `runs`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `run_inputs` (
	`run_id` text NOT NULL,
	`role` text NOT NULL,
	`input_run_id` text NOT NULL,
	`sha256` text NOT NULL,
	PRIMARY KEY(`run_id`, `role`),
	FOREIGN KEY (`run_id`) REFERENCES `runs`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`input_run_id`) REFERENCES `runs`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `run_inputs_input` ON `run_inputs` (`input_run_id`);--> statement-breakpoint
ALTER TABLE `rollouts` ADD `parent_sample` integer;--> statement-breakpoint
ALTER TABLE `rollouts` ADD `fork_at` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `rollouts` ADD `units` blob;