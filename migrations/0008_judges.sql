PRAGMA foreign_keys=OFF;--> statement-breakpoint
CREATE TABLE `__new_judgements` (
	`rollout_id` integer NOT NULL,
	`judge` text NOT NULL,
	`item` text NOT NULL,
	`unit` integer NOT NULL,
	`vote` integer NOT NULL,
	`outcome` text NOT NULL,
	`score` real,
	`weight` real NOT NULL,
	`label` text,
	`text` text,
	`tokens` integer NOT NULL,
	PRIMARY KEY(`rollout_id`, `judge`, `item`, `unit`, `vote`),
	FOREIGN KEY (`rollout_id`) REFERENCES `rollouts`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
INSERT INTO `__new_judgements`("rollout_id", "judge", "item", "unit", "vote", "outcome", "score", "weight", "label", "text", "tokens")
SELECT "rollout_id", 'checks', "criterion", -1, 0,
	CASE "outcome" WHEN 'not-applicable' THEN 'not-applicable' ELSE 'judged' END,
	CASE "outcome" WHEN 'met' THEN 1 WHEN 'unmet' THEN 0 END,
	"weight", NULL, NULL, 0
FROM `judgements`;--> statement-breakpoint
DROP TABLE `judgements`;--> statement-breakpoint
ALTER TABLE `__new_judgements` RENAME TO `judgements`;--> statement-breakpoint
PRAGMA foreign_keys=ON;
