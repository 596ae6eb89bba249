<?xml version="1.0" encoding="UTF-8"?>
<!-- Surefire's XML reports to text: a line for each reason why tests of a class were skipped. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:exsl="http://exslt.org/common"
                exclude-result-prefixes="exsl">
  <xsl:output method="text"/>

  <xsl:template match="/reports">
    <xsl:variable name="skipped">
      <xsl:for-each select="testsuite/testcase[skipped]">
        <test class="{@classname}" name="{@name}">
          <xsl:apply-templates select="skipped"/>
        </test>
      </xsl:for-each>
    </xsl:variable>
    <xsl:for-each select="exsl:node-set($skipped)/test">
      <xsl:variable name="same" select="../test[@class = current()/@class and . = current()]"/>
      <xsl:if test="generate-id() = generate-id($same[1])">
        <xsl:value-of select="concat('skipped: ', @class)"/>
        <xsl:choose>
          <xsl:when test="count($same) = 1"><xsl:value-of select="concat('.', @name)"/></xsl:when>
          <xsl:otherwise><xsl:value-of select="concat(', ', count($same), ' tests')"/></xsl:otherwise>
        </xsl:choose>
        <xsl:value-of select="concat(': ', ., '&#10;')"/>
      </xsl:if>
    </xsl:for-each>
  </xsl:template>

  <!-- A condition's reason is an attribute. -->
  <xsl:template match="skipped[@message]">
    <xsl:value-of select="normalize-space(@message)"/>
  </xsl:template>

  <!-- An assumption's reason is the text of its exception, before the stack trace. -->
  <xsl:template match="skipped">
    <xsl:variable name="trace" select="'&#10;&#9;at '"/>
    <xsl:value-of select="normalize-space(substring-after(substring-before(concat(., $trace), $trace), 'Exception: '))"/>
  </xsl:template>
</xsl:stylesheet>
