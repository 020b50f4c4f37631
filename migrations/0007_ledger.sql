CREATE TABLE `ledger` (
	`run_id` text NOT NULL,
	`step` integer NOT NULL,
	`stage` text NOT NULL,
	`role` text NOT NULL,
	`kind` text NOT NULL,
	`tokens` integer NOT NULL,
	`flops` real NOT NULL,
	`labels` integer NOT NULL,
	`calls` integer NOT NULL,
	PRIMARY KEY(`run_id`, `step`, `stage`, `role`, `kind`),
	FOREIGN KEY (`run_id`) REFERENCES `runs`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
ALTER TABLE `base_models` ADD `flops` real;--> statement-breakpoint
ALTER TABLE `runs` ADD `spent_steps` integer;