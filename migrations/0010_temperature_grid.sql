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
