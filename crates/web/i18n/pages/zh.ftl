# The words of the pages of the domain, in Chinese. Every key stands in en.ftl too.
