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
