CREATE TABLE `probe_scores` (
	`run_id` text NOT NULL,
	`step` integer NOT NULL,
	`probe` text NOT NULL,
	`metric` text NOT NULL,
	`split` text NOT NULL,
	`problem_index` integer NOT NULL,
	`value` real NOT NULL,
	PRIMARY KEY(`run_id`, `step`, `probe`, `metric`, `split`, `problem_index`),
	FOREIGN KEY (`run_id`) REFERENCES `runs`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
DROP INDEX `runs_point`;--> statement-breakpoint
ALTER TABLE `runs` ADD `base_seed` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `runs` ADD `base_model_id` text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `runs` ADD `reused_run_id` text REFERENCES runs(id);--> statement-breakpoint
CREATE INDEX `runs_condition` ON `runs` (`condition_id`,`base_seed`,`seed`);--> statement-breakpoint
CREATE UNIQUE INDEX `runs_point` ON `runs` (`experiment_id`,`condition_id`,`base_seed`,`seed`);--> statement-breakpoint
ALTER TABLE `experiments` ADD `source` text;--> statement-breakpoint
ALTER TABLE `experiments` ADD `hypotheses` text DEFAULT '[]' NOT NULL;--> statement-breakpoint
UPDATE `runs` SET
	`base_seed` = (SELECT json_extract(c.`settings`, '$.base.seed') FROM `conditions` c WHERE c.`experiment_id` = `runs`.`experiment_id` AND c.`id` = `runs`.`condition_id`),
	`base_model_id` = (SELECT c.`base_model_id` FROM `conditions` c WHERE c.`experiment_id` = `runs`.`experiment_id` AND c.`id` = `runs`.`condition_id`);--> statement-breakpoint
ALTER TABLE `conditions` DROP COLUMN `base_model_id`;