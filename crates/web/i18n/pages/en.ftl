# The words of the pages of the domain, in English. Every key stands in zh.ftl too.
