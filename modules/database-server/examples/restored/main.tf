module "database_main" {
  source = "../.."

  name       = "shop-production-main-2"
  vpc_id     = "vpc-0123456789abcdef0"
  subnet_ids = ["subnet-0cccccccccccccccc", "subnet-0dddddddddddddddd"]
  key_arn    = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"

  instance_class = "db.m5.large"
  storage_gb     = 50
  max_storage_gb = 500
  multi_az       = true

  # Beside the server that lost its data, which stays until this one is found to be in order.
  restore = {
    source = "shop-production-main"
    time   = "2030-01-31T12:00:00Z"
  }

  parameters = {
    work_mem                 = { value = "16384" }
    shared_preload_libraries = { value = "pg_stat_statements", apply_method = "pending-reboot" }
  }

  backup_window      = "02:00-03:00"
  maintenance_window = "sun:03:00-sun:04:00"

  connections_alarm = 700
  alarm_topic_arns  = ["arn:aws:sns:eu-west-1:123456789012:on-call"]
}
