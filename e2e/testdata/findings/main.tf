# Bad on purpose: TestScanFires wants every scanner to say so.

resource "aws_s3_bucket" "open" {
  bucket = "open"
}

resource "aws_security_group_rule" "open" {
  type              = "ingress"
  from_port         = 0
  to_port           = 65535
  protocol          = "tcp"
  cidr_blocks       = ["0.0.0.0/0"]
  security_group_id = "sg-0a1b2c3d4e5f60761"
}

variable "unused" {}
