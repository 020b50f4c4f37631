CREATE TABLE `stores` (
	`id` text PRIMARY KEY NOT NULL,
	`created_at` text NOT NULL
);
--> statement-breakpoint
ALTER TABLE `attempts` ADD `epoch` integer;--> statement-breakpoint
ALTER TABLE `experiments` ADD `temporal_server` text;--> statement-breakpoint
ALTER TABLE `runs` ADD `epoch` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `runs` ADD `sources` text;--> statement-breakpoint
ALTER TABLE `steps` ADD `machine` text;--> statement-breakpoint
ALTER TABLE `steps` ADD `revision` text;